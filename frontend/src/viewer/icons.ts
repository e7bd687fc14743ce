/** The tool bar's pictures: strokes on a field of 20 × 20. */
const SVG = "http://www.w3.org/2000/svg";

const STROKES: Record<string, string> = {
  window: "M10 3a7 7 0 1 0 0 14z M10 3a7 7 0 0 1 0 14",
  scroll: "M4 5h12 M4 10h12 M4 15h12",
  zoom: "M12.5 12.5 17 17 M8.5 3.5a5 5 0 1 0 .01 0z M6.5 8.5h4 M8.5 6.5v4",
  move: "M10 2v16 M2 10h16 M7.5 4.5 10 2l2.5 2.5 M7.5 15.5 10 18l2.5-2.5 M4.5 7.5 2 10l2.5 2.5 M15.5 7.5 18 10l-2.5 2.5",
  length: "M3 14 14 3 M1.5 12.5l3 3 M12.5 1.5l3 3",
  angle: "M16 16H4L13 4 M9 16a5 5 0 0 0-2-4",
  ellipse: "M10 5.5c4 0 7 2 7 4.5s-3 4.5-7 4.5-7-2-7-4.5 3-4.5 7-4.5z",
  probe: "M10 2v5 M10 13v5 M2 10h5 M13 10h5 M10 9.5v1",
  cross: "M10 2v16 M2 10h16",
  invert: "M4 4h12v12H4z M4 16 16 4v12z",
  rotate: "M15 6a6.5 6.5 0 1 0 1.4 5.5 M15.5 2v4.5H11",
  mirror: "M10 2v16 M7 5v10H2z M13 5v10h5z",
  upend: "M2 10h16 M5 7h10V2z M5 13h10v5z",
  reset: "M4 4v4.5h4.5 M4.5 8.5a6.5 6.5 0 1 1-.5 4",
  play: "M6 4v12l10-6z",
  planes: "M3 6l7-3 7 3-7 3z M3 6v8l7 3 7-3V6 M10 9v8",
  compare: "M2.5 4h6.5v12H2.5z M11 4h6.5v12H11z",
  link: "M8 12l4-4 M9 6.5l2-2a3 3 0 0 1 4.5 4.5l-2 2 M11 13.5l-2 2A3 3 0 0 1 4.5 11l2-2",
  large: "M3 8V3h5 M12 3h5v5 M17 12v5h-5 M8 17H3v-5",
  help: "M7 7.5a3 3 0 1 1 4.5 2.5c-1 .6-1.5 1-1.5 2.5 M10 15.5v.5",
};

export function icon(name: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", STROKES[name] ?? "");
  svg.append(path);
  return svg;
}
