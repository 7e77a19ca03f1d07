/* Charts and the province map. Every [data-chart] names the JSON element that it draws; ECharts is fetched only on pages that have one. */
(function () {
  "use strict";

  const INK = "#18232f";
  const QUIET = "#5f6d7c";
  const LINE = "#e1e7ee";
  const SERIES = ["#1c5cb8", "#0f8a85", "#b9770e", "#6a58b0", "#66788a"];
  const STEPS = ["#e8f0fa", "#d0e1f5", "#b3cef0", "#93b8e7", "#6f9fdc"];
  const LEVELS = { red: "#9c150b", orange: "#9a4303", yellow: "#6f5100" };
  const FONT = getComputedStyle(document.documentElement).getPropertyValue("--zc-font").trim();

  let library = null;

  function echarts() {
    if (!library) {
      library = new Promise(function (resolve, reject) {
        const script = document.createElement("script");
        script.src = document.querySelector('meta[name="zc-echarts"]').content;
        script.onload = () => resolve(window.echarts);
        script.onerror = () => reject(new Error("图表组件没有加载"));
        document.head.append(script);
      });
    }
    return library;
  }

  function written(value, data) {
    if (value === null || value === undefined || Number.isNaN(value)) {
      return "—";
    }
    if (data.percent) {
      return (value * 100).toFixed(1) + "%";
    }
    return Number(value).toLocaleString("zh-CN", { maximumFractionDigits: 2 }) + (data.unit ? " " + data.unit : "");
  }

  /* Rich text is drawn on the canvas: the usual HTML tooltip needs style attributes, which the policy forbids. */
  const TOOLTIP = {
    renderMode: "richText",
    confine: true,
    backgroundColor: "#fff",
    borderColor: "#c9d2dd",
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: INK, fontSize: 12, fontFamily: FONT, lineHeight: 19 },
  };

  function common(data) {
    return {
      color: SERIES,
      textStyle: { fontFamily: FONT, color: INK },
      animationDuration: 300,
      aria: { enabled: true, label: { description: data.summary } },
    };
  }

  function valueAxis(data) {
    return {
      type: "value",
      scale: Boolean(data.zoomed),
      min: data.min,
      max: data.max,
      axisLabel: {
        color: QUIET,
        fontSize: 11,
        formatter: (value) => (data.percent ? Math.round(value * 1000) / 10 + "%" : value.toLocaleString("zh-CN")),
      },
      splitLine: { lineStyle: { color: LINE } },
    };
  }

  function labelAxis(data) {
    return {
      type: "category",
      data: data.labels,
      axisLine: { lineStyle: { color: "#c9d2dd" } },
      axisTick: { show: false },
      axisLabel: { color: QUIET, fontSize: 11, interval: data.labels.length <= 8 ? 0 : "auto" },
    };
  }

  function thresholdLine(data) {
    if (!data.threshold) {
      return undefined;
    }
    return {
      silent: true,
      symbol: "none",
      lineStyle: { color: "#8a5a00", type: "dashed", width: 1.2 },
      label: { formatter: data.threshold.label, position: "insideEndTop", color: "#7d5b00", fontSize: 11 },
      data: [{ yAxis: data.threshold.value }],
    };
  }

  function trend(data) {
    const series = data.series.map(function (one, index) {
      return {
        type: "line",
        name: one.name,
        data: one.values,
        symbol: "circle",
        symbolSize: 5,
        showSymbol: one.values.length <= 16,
        lineStyle: { width: index === 0 ? 2.4 : 1.6, type: one.dashed ? "dashed" : "solid" },
        areaStyle: index === 0 && !one.dashed ? { color: "rgba(28, 92, 184, 0.07)" } : undefined,
        markLine: index === 0 ? thresholdLine(data) : undefined,
        connectNulls: false,
      };
    });
    return Object.assign(common(data), {
      grid: { left: 8, right: 30, top: series.length > 1 ? 34 : 16, bottom: 4, containLabel: true },
      legend: { show: series.length > 1, top: 0, left: 4, itemWidth: 16, itemHeight: 8, icon: "roundRect", textStyle: { color: INK, fontSize: 12 } },
      tooltip: Object.assign({ trigger: "axis", axisPointer: { lineStyle: { color: "#9aa9ba" } }, valueFormatter: (value) => written(value, data) }, TOOLTIP),
      xAxis: Object.assign(labelAxis(data), { boundaryGap: false }),
      yAxis: valueAxis(data),
      series: series,
    });
  }

  function bars(data) {
    return Object.assign(common(data), {
      grid: { left: 8, right: 30, top: data.series.length > 1 ? 34 : 16, bottom: 4, containLabel: true },
      legend: { show: data.series.length > 1, top: 0, left: 4, itemWidth: 12, itemHeight: 8, textStyle: { color: INK, fontSize: 12 } },
      tooltip: Object.assign({ trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (value) => written(value, data) }, TOOLTIP),
      xAxis: labelAxis(data),
      yAxis: valueAxis(data),
      series: data.series.map((one, index) => ({
        type: "bar",
        name: one.name,
        data: one.values,
        stack: data.stacked ? "all" : undefined,
        barMaxWidth: 26,
        itemStyle: { borderRadius: data.stacked ? 0 : [3, 3, 0, 0] },
        markLine: index === 0 ? thresholdLine(data) : undefined,
      })),
    });
  }

  /* Five equal steps between the lowest and the highest value; one step when all are the same. */
  function pieces(rows, data) {
    const values = rows.map((row) => row.value).filter((value) => value !== null && value !== undefined);
    const low = Math.min(...values);
    const high = Math.max(...values);
    if (!values.length || low === high) {
      return [{ min: low, max: high, color: STEPS[2], label: written(low, data) }];
    }
    const step = (high - low) / STEPS.length;
    return STEPS.map((color, index) => ({
      gte: low + index * step,
      [index === STEPS.length - 1 ? "lte" : "lt"]: index === STEPS.length - 1 ? high : low + (index + 1) * step,
      color: color,
      label: written(low + index * step, data) + " – " + written(low + (index + 1) * step, data),
    }));
  }

  function region(row) {
    const flagged = LEVELS[row.level];
    return {
      name: row.name,
      value: row.value,
      label: flagged ? { color: flagged, fontWeight: 600 } : undefined,
      url: row.url,
    };
  }

  async function provinceMap(data, library) {
    const source = document.querySelector('meta[name="zc-map-' + data.region + '"]').content;
    if (!library.getMap(data.region)) {
      const answer = await fetch(source, { credentials: "same-origin" });
      if (!answer.ok) {
        throw new Error("地图文件没有加载");
      }
      library.registerMap(data.region, await answer.json());
    }
    /* Rows carry codes; the drawing is keyed by the name that the map file has for each code. */
    const names = new Map(library.getMap(data.region).geoJSON.features.map((one) => [String(one.properties.adcode), one.properties.name]));
    const rows = data.rows.map((row) => Object.assign({}, row, { name: names.get(String(row.code)) || row.name }));
    const texts = new Map(rows.map((row) => [row.name, row]));
    const sign = (row) => (row && row.level ? "▲ " : "");
    return Object.assign(common(data), {
      tooltip: Object.assign(
        {
          trigger: "item",
          formatter: function (item) {
            const row = texts.get(item.name);
            return item.name + "\n" + data.label + "：" + (row ? row.text || written(row.value, data) : "—") + (row && row.level_text ? "\n" + row.level_text : "");
          },
        },
        TOOLTIP,
      ),
      visualMap: {
        type: "piecewise",
        pieces: data.pieces || pieces(rows, data),
        left: 4,
        bottom: 4,
        itemWidth: 14,
        itemHeight: 10,
        itemGap: 5,
        textStyle: { color: QUIET, fontSize: 11 },
        outOfRange: { color: "#eef1f4" },
      },
      series: [
        {
          type: "map",
          map: data.region,
          roam: false,
          selectedMode: false,
          layoutCenter: ["59%", "50%"],
          layoutSize: "98%",
          aspectScale: 0.89,
          data: rows.map(region),
          cursor: "pointer",
          itemStyle: { borderColor: "#fff", borderWidth: 1.2, areaColor: "#eef1f4" },
          emphasis: { itemStyle: { areaColor: "#ffe3a8" }, label: { color: INK } },
          label: {
            show: true,
            color: INK,
            fontSize: 11,
            lineHeight: 14,
            textBorderColor: "rgba(255,255,255,0.6)",
            textBorderWidth: 1.5,
            formatter: function (item) {
              const row = texts.get(item.name);
              return sign(row) + item.name.replace(/市$/, "") + (row ? "\n" + (row.text || written(row.value, data)) : "");
            },
          },
        },
      ],
    });
  }

  async function draw(place) {
    const source = document.getElementById(place.dataset.chart);
    if (!source || place.dataset.drawn) {
      return;
    }
    place.dataset.drawn = "1";
    const data = JSON.parse(source.textContent);
    data.summary = place.getAttribute("aria-label") || undefined;
    try {
      const library = await echarts();
      const option = data.kind === "map" ? await provinceMap(data, library) : data.kind === "bars" ? bars(data) : trend(data);
      const chart = library.init(place, null, { renderer: "canvas" });
      chart.setOption(option);
      chart.on("click", function (item) {
        const target = (item.data && item.data.url) || (data.links && data.links[item.dataIndex]);
        if (target) {
          window.location.assign(target);
        }
      });
      /* A chart whose place was swapped away is let go; it has no size to draw in. */
      const watch = new ResizeObserver(function () {
        if (place.isConnected) {
          chart.resize();
        } else {
          watch.disconnect();
          chart.dispose();
        }
      });
      watch.observe(place);
    } catch (error) {
      place.classList.add("zc-chart-failed");
      place.textContent = error.message + "，数据见旁边的表格。";
    }
  }

  function drawAll(root) {
    root.querySelectorAll("[data-chart]").forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
})();
