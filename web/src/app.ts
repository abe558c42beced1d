// Every signed-in page: clocks, live push, keys, theme, sound. Pages work without it; it only keeps them fresh and quick.
import * as clock from "./clock";
import * as follow from "./follow";
import * as keys from "./keys";
import * as live from "./live";
import * as sound from "./sound";
import * as timebar from "./timebar";
import * as theme from "./theme";

clock.tick();
setInterval(clock.tick, 1000);
keys.start();
follow.start();
theme.start();
sound.start();
timebar.start();
live.start();
