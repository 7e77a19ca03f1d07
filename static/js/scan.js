/* A scanner types and presses Enter: the box empties itself and keeps the focus for the next code. */
"use strict";

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target instanceof Element ? event.target.closest("[data-scan]") : null;
  if (!form) return;
  const box = form.querySelector("input[name=codes]");
  box.value = "";
  box.focus();
});
