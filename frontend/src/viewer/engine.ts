/** Cornerstone3D set up once for the page: loader, tools, mouse, touch. */
import {
  cache,
  Enums,
  eventTarget,
  getRenderingEngine,
  getShouldUseCPURendering,
  init as initCore,
  RenderingEngine,
  type StackViewport,
  type VolumeViewport,
} from "@cornerstonejs/core";
import {
  addTool,
  AngleTool,
  annotation,
  CrosshairsTool,
  EllipticalROITool,
  Enums as ToolEnums,
  init as initTools,
  LengthTool,
  PanTool,
  ProbeTool,
  StackScrollTool,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
} from "@cornerstonejs/tools";
import { startLoader } from "./loader";

export { annotation, cache, Enums, eventTarget, ToolEnums };
export type { StackViewport, VolumeViewport };

const ENGINE = "viewer";
const CACHE_BYTES = 1024 ** 3;
const { MouseBindings, KeyboardBindings } = ToolEnums;
const STACK = "viewer-stack";
const PLANES = "viewer-planes";

export const MEASURING = [LengthTool, AngleTool, EllipticalROITool, ProbeTool].map(({ toolName }) => toolName);

/** What the first button of the mouse and one finger do, by the viewer's own names. */
export const HANDS = {
  window: WindowLevelTool.toolName,
  scroll: StackScrollTool.toolName,
  zoom: ZoomTool.toolName,
  move: PanTool.toolName,
  length: LengthTool.toolName,
  angle: AngleTool.toolName,
  ellipse: EllipticalROITool.toolName,
  probe: ProbeTool.toolName,
  cross: CrosshairsTool.toolName,
} as const;
export type Hand = keyof typeof HANDS;
export type Lines = (tool: string, data: AnnotationData, target: string) => string[] | undefined;

export interface AnnotationData {
  handles: { points: number[][] };
  cachedStats: Record<string, Record<string, unknown>>;
}

let started: Promise<void> | undefined;
export const software = (): boolean => getShouldUseCPURendering();
export const engine = (): RenderingEngine => (getRenderingEngine(ENGINE) ?? new RenderingEngine(ENGINE)) as RenderingEngine;

export function start(lines: Lines): Promise<void> {
  started ??= (async () => {
    await initCore();
    startLoader();
    initTools();
    cache.setMaxCacheSize(CACHE_BYTES);
    for (const tool of [
      WindowLevelTool, ZoomTool, PanTool, StackScrollTool, LengthTool, AngleTool, EllipticalROITool,
      ProbeTool, CrosshairsTool,
    ]) {
      addTool(tool);
    }
    const { style } = annotation.config;
    const usual = style.getDefaultToolStyles();
    style.setDefaultToolStyles({
      ...usual,
      global: {
        ...usual.global,
        color: "rgb(255, 184, 28)",
        colorHighlighted: "rgb(255, 214, 120)",
        colorSelected: "rgb(120, 220, 255)",
        colorLocked: "rgb(160, 200, 160)",
        lineWidth: "1.5",
        textBoxFontFamily: "system-ui, sans-serif",
        textBoxFontSize: "14px",
        textBoxColor: "rgb(255, 214, 120)",
        textBoxColorHighlighted: "rgb(255, 214, 120)",
        textBoxColorSelected: "rgb(120, 220, 255)",
        textBoxColorLocked: "rgb(160, 200, 160)",
      },
    });
    const groups = [STACK, PLANES].map((id) => ToolGroupManager.createToolGroup(id)!);
    for (const name of Object.values(HANDS)) {
      if (name === HANDS.cross) continue;
      const told = {
        getTextLines: (data: AnnotationData, target: string) => lines(name, data, target),
        touchCanvasOffset: { x: 0, y: 0 }, // a point is where the finger is
        textCanvasOffset: { x: 12, y: -9 }, // and its value beside it
      };
      for (const group of groups) group.addTool(name, MEASURING.includes(name) ? told : {});
    }
    const planes = groups[1]!;
    planes.addTool(HANDS.cross, { viewportIndicators: false, getReferenceLineColor: () => "rgb(108, 197, 218)" });
  })();
  return started;
}

type Bindings = Record<string, object[]>;

/** The hands of a reader at a workstation: wheel scrolls, right drag zooms, middle drag moves. */
function give(groupId: string, hand: Hand): void {
  const group = ToolGroupManager.getToolGroup(groupId)!;
  const bindings: Bindings = {
    [HANDS.scroll]: [{ mouseButton: MouseBindings.Wheel }],
    [HANDS.zoom]: [{ mouseButton: MouseBindings.Secondary }, { numTouchPoints: 2 }],
    [HANDS.move]: [
      { mouseButton: MouseBindings.Auxiliary },
      { mouseButton: MouseBindings.Primary, modifierKey: KeyboardBindings.Shift },
    ],
  };
  (bindings[HANDS[hand]] ??= []).push({ mouseButton: MouseBindings.Primary }, { numTouchPoints: 1 });
  for (const name of Object.values(HANDS)) {
    if (!group.hasTool(name)) continue;
    group.setToolPassive(name, { removeAllBindings: true });
    if (bindings[name]) group.setToolActive(name, { bindings: bindings[name] as never });
    else if (name === HANDS.cross) group.setToolEnabled(name); // its lines would take what is drawn on them
  }
}

export function setHand(hand: Hand): void {
  give(STACK, hand === "cross" ? "window" : hand);
}

export function setPlanesHand(hand: Hand): void {
  give(PLANES, hand);
}

/** A finger is no mouse as well: the browser would repeat each tap as a click, and draw twice. */
function watch(element: HTMLElement): void {
  element.addEventListener("touchend", (event) => {
    if (event.cancelable) event.preventDefault();
    element.focus({ preventScroll: true });
  });
  new ResizeObserver(() => resize(element)).observe(element);
}

/** The engine forgets a new size while it is about to draw: it is told until the canvas has it. */
function resize(element: HTMLElement, tries = 20): void {
  if (!element.clientWidth || !element.clientHeight) return;
  engine().resize(true, true);
  const canvas = element.querySelector("canvas");
  const wrong = canvas && Math.abs(canvas.width / canvas.height - canvas.clientWidth / canvas.clientHeight) > 0.02;
  if (wrong && tries) requestAnimationFrame(() => resize(element, tries - 1));
}

/** A stack viewport on `element`. */
export function openStack(element: HTMLDivElement, id: string): StackViewport {
  engine().enableElement({
    viewportId: id,
    type: Enums.ViewportType.STACK,
    element,
    defaultOptions: { background: [0, 0, 0] },
  });
  ToolGroupManager.getToolGroup(STACK)!.addViewport(id, ENGINE);
  watch(element);
  return engine().getViewport(id) as StackViewport;
}

export type Direction = "axial" | "sagittal" | "coronal";

/** A volume viewport on `element`, cut in one of the body's planes. */
export function openPlane(element: HTMLDivElement, id: string, direction: Direction): VolumeViewport {
  engine().enableElement({
    viewportId: id,
    type: Enums.ViewportType.ORTHOGRAPHIC,
    element,
    defaultOptions: { background: [0, 0, 0], orientation: Enums.OrientationAxis[direction.toUpperCase() as "AXIAL"] },
  });
  watch(element);
  return engine().getViewport(id) as VolumeViewport;
}

export function crossPlanes(ids: string[]): void {
  const group = ToolGroupManager.getToolGroup(PLANES)!;
  for (const id of ids) group.addViewport(id, ENGINE);
}

export function close(ids: string[]): void {
  for (const id of ids) {
    for (const groupId of [STACK, PLANES]) ToolGroupManager.getToolGroup(groupId)?.removeViewports(ENGINE, id);
    engine().disableElement(id);
  }
}
