// Comfort only: everything works without it.
(() => {
  "use strict";
  const links = () => [...document.querySelectorAll("table[data-keys] tbody th a")];
  const typing = (target) => target.closest("input, select, textarea") !== null;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.getElementById("q");
      if (search) { event.preventDefault(); search.focus(); }
      return;
    }
    const step = { j: 1, k: -1 }[event.key];
    const rows = links();
    if (!step || rows.length === 0) return;
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))].focus();
  });
})();
