// Every signed-in page: clocks, live push, keys, theme, sound. Pages work without it; it only keeps them fresh and quick.
import * as away from "./away";
import * as clock from "./clock";
import * as curves from "./curves";
import * as find from "./find";
import * as follow from "./follow";
import * as frames from "./frames";
import * as keys from "./keys";
import * as live from "./live";
import * as sound from "./sound";
import * as timebar from "./timebar";
import * as theme from "./theme";

// A page that was shown again because something was wrong stands at the address of what was sent: give it back its own.
const shownAt = document.body.dataset.shownAt;
if (shownAt) history.replaceState(null, "", shownAt);
away.start();
clock.tick();
setInterval(clock.tick, 1000);
keys.start();
follow.start();
theme.start();
sound.start();
timebar.start();
curves.start();
find.start();
frames.start();
live.start();
// On a phone the row of rooms is longer than the screen: the one that is open is brought into view.
const rooms = document.querySelector<HTMLElement>(".top__nav");
const open = rooms?.querySelector<HTMLElement>("[aria-current]");
if (rooms && open) rooms.scrollLeft = open.offsetLeft - rooms.offsetLeft - (rooms.clientWidth - open.offsetWidth) / 2;
