/* What the page does in the browser beyond Streamlit: theme switch, copy link, PNG of a chart, explanations, skip link.
   Rule: everything works by delegation on `data-` attributes, because Streamlit replaces elements at any time.
   Hazard: the theme is kept under Streamlit's own key, one for each path; it is written for all paths of the dashboard. */
"use strict";

(() => {
  const THEME_KEY = (path) => `stActiveTheme-${path}-v2`;
  const own = document.currentScript.src;
  const fonts = new URL("fonts/", own).href;

  const isDark = () => getComputedStyle(document.querySelector(".stApp") ?? document.documentElement).colorScheme === "dark";

  function rememberTheme(theme) {
    const paths = new Set([location.pathname, ...[...document.querySelectorAll('[data-testid="stPageLink"] a')].map((a) => new URL(a.href).pathname)]);
    for (const path of paths) localStorage.setItem(THEME_KEY(path), JSON.stringify(theme));
    localStorage.setItem("dashboard-theme", theme);
  }

  function switchTheme() {
    rememberTheme(isDark() ? "Light" : "Dark");
    location.reload();
  }

  // A deep link opens a path whose theme was never chosen: give it the reader's choice before Streamlit reads it.
  const chosen = localStorage.getItem("dashboard-theme");
  if (chosen) localStorage.setItem(THEME_KEY(location.pathname), JSON.stringify(chosen));

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!localStorage.getItem("dashboard-theme")) location.reload();
  });

  async function copyLink(button) {
    await navigator.clipboard.writeText(location.href);
    const label = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 1600);
  }

  /* A chart as a picture that explains itself: title, note, the chart, and where it comes from. Drawn from the page's own
     SVG, with the fonts inside, because an SVG used as an image sees no style sheet. */
  const RANGES = { latin: "U+0000-00FF, U+2000-206F, U+2122, U+2191-2193, U+2212", arabic: "U+0600-06FF, U+0750-077F, U+FB50-FDFF, U+FE70-FEFC" };
  let fontRules;

  async function inlineFonts() {
    const faces = [["IBM Plex Sans", "latin"], ["IBM Plex Sans Arabic", "arabic"]].flatMap(([family, script]) => [400, 600].map((weight) => ({ family, script, weight })));
    const rules = await Promise.all(faces.map(async ({ family, script, weight }) => {
      const bytes = new Uint8Array(await (await fetch(`${fonts}plex-sans-${script}-${weight}.woff2`)).arrayBuffer());
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      return `@font-face{font-family:"${family}";font-weight:${weight};src:url(data:font/woff2;base64,${btoa(text)});unicode-range:${RANGES[script]}}`;
    }));
    return rules.join("");
  }

  const SVG = "http://www.w3.org/2000/svg";

  function line(text, y, size, weight, fill, width, rtl) {
    const node = document.createElementNS(SVG, "text");
    const attributes = { x: rtl ? width - 20 : 20, y, "font-size": size, "font-weight": weight, fill, direction: rtl ? "rtl" : "ltr" };
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.textContent = text;
    return node;
  }

  function wrap(text, size, width) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `${size}px "IBM Plex Sans", "IBM Plex Sans Arabic"`;
    const lines = [];
    for (const word of text.split(" ")) {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      if (lines.length && pen.measureText(longer).width <= width - 40) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  async function picture(figure, footer) {
    const layers = [...figure.querySelectorAll(".js-plotly-plot .main-svg")];
    const width = Math.max(layers[0].clientWidth, 480), height = layers[0].clientHeight;
    const rtl = document.documentElement.dir === "rtl";
    const css = getComputedStyle(figure.querySelector(".k-figure-title")), note = getComputedStyle(figure.querySelector(".k-figure-note"));
    const said = figure.querySelector(".k-figure-note").cloneNode(true);
    said.querySelector(".k-hint")?.remove(); // nothing can be clicked in a picture
    const parts = [
      ...wrap(figure.querySelector(".k-figure-title").textContent, 17, width).map((t) => [t, 17, 600, css.color, 24]),
      ...wrap(said.textContent, 13, width).map((t) => [t, 13, 400, note.color, 19]),
    ];
    const sheet = document.createElementNS(SVG, "svg");
    const style = document.createElementNS(SVG, "style");
    fontRules ??= await inlineFonts();
    style.textContent = `${fontRules} text{font-family:"IBM Plex Sans","IBM Plex Sans Arabic",sans-serif}`;
    sheet.append(style);
    let y = 16;
    for (const [text, size, weight, fill, step] of parts) sheet.append(line(text, (y += step) - 4, size, weight, fill, width, rtl));
    for (const layer of layers) {
      const copy = layer.cloneNode(true);
      copy.style.background = "none";
      copy.setAttribute("y", y + 6);
      copy.querySelectorAll(".hoverlayer, .draglayer").forEach((node) => node.remove());
      sheet.append(copy);
    }
    y += height + 12;
    for (const text of wrap(footer, 11, width)) sheet.append(line(text, (y += 16), 11, 400, note.color, width, rtl));
    y += 14;
    sheet.setAttribute("xmlns", SVG);
    sheet.setAttribute("width", width);
    sheet.setAttribute("height", y);
    return { svg: new XMLSerializer().serializeToString(sheet), width, height: y, background: getComputedStyle(document.querySelector(".stApp")).backgroundColor };
  }

  async function savePng(button) {
    const figure = button.closest('[class*="st-key-figure-"]');
    if (!figure?.querySelector(".js-plotly-plot .main-svg")) return;
    const { svg, width, height, background } = await picture(figure, button.dataset.footer);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 });
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.fillStyle = background;
    pen.fillRect(0, 0, width, height);
    pen.drawImage(image, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: button.dataset.png });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function closeExplanations(except) {
    for (const open of document.querySelectorAll(".k-how[open]")) if (open !== except) open.open = false;
  }

  // An explanation opens below what it explains; where that is below the window, the page moves just far enough.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".k-how[open]")) event.target.querySelector(".k-how-body").scrollIntoView({ block: "nearest" });
  }, true);

  // The first stop of the Tab key is Streamlit's own, and English; the page brings it in its language.
  function nameSkipLink() {
    const link = document.querySelector('[data-testid="stSkipToContent"]'), said = document.querySelector("[data-skip]")?.dataset.skip;
    if (link && said && link.textContent !== said) link.textContent = said;
  }
  new MutationObserver(nameSkipLink).observe(document.documentElement, { childList: true, subtree: true });

  // On a phone the sidebar lies over the page: having chosen a page, one wants to see it.
  function uncover() {
    if (matchMedia("(max-width: 640px)").matches) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('[data-testid="stSidebar"] [data-testid="stPageLink"] a')) setTimeout(uncover);
    closeExplanations(target?.closest(".k-how"));
    const button = target?.closest("button[data-png], button[data-copy], button[data-theme]");
    if (button?.dataset.png) savePng(button);
    else if (button?.hasAttribute("data-copy")) copyLink(button);
    else if (button) switchTheme();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector(".k-how[open]");
    closeExplanations();
    open?.querySelector("summary").focus();
  });
})();
