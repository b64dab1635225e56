// Runs before anything is drawn: "as the machine" cannot be known by the server.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = root.dataset.theme;
    if (theme === "dark" || (theme !== "light" && dark.matches)) root.dataset.bsTheme = "dark";
    else delete root.dataset.bsTheme;
  };
  apply();
  dark.addEventListener("change", apply);
  root.addEventListener("theme-chosen", apply);
})();
