/* Runs before the page is drawn, so that a folded navigation does not jump and script-only buttons stand in place. */
(function () {
  document.documentElement.classList.add("zc-scripted");
  try {
    if (window.localStorage.getItem("zc-folded") === "1") {
      document.documentElement.classList.add("zc-folded");
    }
  } catch (error) {
    /* Storage may be switched off on a shared machine: the navigation stays open. */
  }
})();
