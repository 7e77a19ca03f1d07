/* Runs before the page is drawn, so that a folded navigation does not jump. */
(function () {
  try {
    if (window.localStorage.getItem("zc-folded") === "1") {
      document.documentElement.classList.add("zc-folded");
    }
  } catch (error) {
    /* Storage may be switched off on a shared machine: the navigation stays open. */
  }
})();
