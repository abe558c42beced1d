// The page that says all are busy: what was sent goes out again by itself until it is taken; its button does the same without script.
const form = document.querySelector<HTMLFormElement>("form[data-again]");
if (form) setTimeout(() => form.submit(), 1000 * Number(form.dataset.again));
export {};
