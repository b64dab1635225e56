// Draws each chart from the data in its own attribute. Without this the tables say it all.
(() => {
  const LIGHT = { main: "#0b5394", good: "#1b7f4b", warn: "#b35c00", bad: "#b3261e", quiet: "#6b7683" };
  const DARK = { main: "#7db3e8", good: "#6fce99", warn: "#f0b866", bad: "#ff9d94", quiet: "#9aa7b5" };
  // So that a tone is told apart without its colour, too.
  const DECALS = { main: null, good: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4 },
    warn: { symbol: "circle", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0] },
    bad: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 }, quiet: null };
  const isEnglish = document.documentElement.lang === "en";
  const numbers = new Intl.NumberFormat(isEnglish ? "en" : "vi-VN", { maximumFractionDigits: 1 });
  const nothing = isEnglish ? "none" : "không có";
  const UNITS = { percent: " %", vnd: " ₫" };
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const isDark = () => document.documentElement.dataset.bsTheme === "dark";

  const option = (given) => {
    const tones = isDark() ? DARK : LIGHT;
    const ink = isDark() ? "#dfe5ec" : "#2b3440";
    const line = isDark() ? "#3c4654" : "#dde3ea";
    const written = (value) => (value === null || value === undefined ? nothing : numbers.format(value) + (UNITS[given.unit] || ""));
    return {
      animation: !still.matches,
      textStyle: { fontFamily: "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif" },
      grid: { left: 8, right: 16, top: given.series.length > 1 ? 56 : 24, bottom: 8, containLabel: true },
      legend: given.series.length > 1 ? { top: 0, type: "scroll", textStyle: { color: ink } } : undefined,
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: written },
      xAxis: { type: "category", data: given.names, axisLabel: { color: ink, hideOverlap: true }, axisLine: { lineStyle: { color: line } } },
      yAxis: { type: "value", axisLabel: { color: ink, formatter: (value) => numbers.format(value) }, splitLine: { lineStyle: { color: line } } },
      series: given.series.map((one) => ({
        name: one.name,
        data: one.values,
        type: given.kind === "line" ? "line" : "bar",
        stack: given.kind === "stacked" ? "all" : undefined,
        connectNulls: true,
        showSymbol: one.values.length < 40,
        barMaxWidth: 36,
        color: tones[one.tone],
        itemStyle: given.kind === "stacked" ? { decal: DECALS[one.tone] || undefined } : undefined,
      })),
    };
  };

  const drawn = [];
  for (const place of document.querySelectorAll("[data-chart]")) {
    const given = JSON.parse(place.dataset.chart);
    place.hidden = false;
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(option(given));
    drawn.push([chart, given]);
  }
  const resize = () => drawn.forEach(([chart]) => chart.resize());
  addEventListener("resize", resize);
  addEventListener("beforeprint", resize);
  new MutationObserver(() => drawn.forEach(([chart, given]) => chart.setOption(option(given))))
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
})();
