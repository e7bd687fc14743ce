/** Cornerstone3D set up once for the page: loader, tools, mouse, touch. */
import {
  cache,
  Enums,
  getRenderingEngine,
  init as initCore,
  RenderingEngine,
  type StackViewport,
  getShouldUseCPURendering,
} from "@cornerstonejs/core";
import { init as initLoader, wadors } from "@cornerstonejs/dicom-image-loader";
import {
  addTool,
  annotation,
  Enums as ToolEnums,
  init as initTools,
  LengthTool,
  PanTool,
  StackScrollTool,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
} from "@cornerstonejs/tools";
import type { Frame } from "./series";

export { cache, Enums, ToolEnums };
export type Viewport = StackViewport;

const ENGINE = "viewer";
const CACHE_BYTES = 1024 ** 3;
const { MouseBindings, KeyboardBindings } = ToolEnums;

let started: Promise<void> | undefined;

function start(): Promise<void> {
  started ??= (async () => {
    await initCore();
    initLoader({ maxWebWorkers: Math.max(1, Math.min(4, Math.floor(navigator.hardwareConcurrency / 2))) });
    initTools();
    cache.setMaxCacheSize(CACHE_BYTES);
    for (const tool of [WindowLevelTool, ZoomTool, PanTool, StackScrollTool, LengthTool]) addTool(tool);
    annotation.config.style.setDefaultToolStyles({
      global: {
        color: "rgb(255, 184, 28)",
        colorHighlighted: "rgb(255, 214, 120)",
        colorSelected: "rgb(255, 184, 28)",
        lineWidth: "1.5",
        textBoxFontFamily: "system-ui, sans-serif",
        textBoxFontSize: "14px",
        textBoxColor: "rgb(255, 214, 120)",
      },
    });
  })();
  return started;
}

export interface Stage {
  viewport: Viewport;
  software: boolean;
  measure(on: boolean): void;
  clear(): void;
}

/** A stack viewport on `element` with the bindings that a radiologist's hands expect. */
export async function stage(element: HTMLDivElement, id: string): Promise<Stage> {
  await start();
  const engine = getRenderingEngine(ENGINE) ?? new RenderingEngine(ENGINE);
  engine.enableElement({
    viewportId: id,
    type: Enums.ViewportType.STACK,
    element,
    defaultOptions: { background: [0, 0, 0] },
  });
  const group = ToolGroupManager.createToolGroup(id)!;
  for (const tool of [WindowLevelTool, ZoomTool, PanTool, StackScrollTool, LengthTool]) {
    group.addTool(tool.toolName);
  }
  const active = (tool: { toolName: string }, bindings: object[]) =>
    group.setToolActive(tool.toolName, { bindings: bindings as never });
  const hands = () => {
    active(StackScrollTool, [{ mouseButton: MouseBindings.Wheel }, { numTouchPoints: 1 }]);
    active(ZoomTool, [{ mouseButton: MouseBindings.Secondary }, { numTouchPoints: 2 }]);
    active(PanTool, [
      { mouseButton: MouseBindings.Auxiliary },
      { mouseButton: MouseBindings.Primary, modifierKey: KeyboardBindings.Shift },
    ]);
    active(WindowLevelTool, [{ mouseButton: MouseBindings.Primary }]);
  };
  group.setToolPassive(LengthTool.toolName);
  hands();
  group.addViewport(id, ENGINE);
  const viewport = engine.getViewport(id) as Viewport;
  new ResizeObserver(() => {
    if (element.clientWidth && element.clientHeight) engine.resize(true, true);
  }).observe(element);
  return {
    viewport,
    software: getShouldUseCPURendering(),
    measure(on) {
      if (on) {
        group.setToolPassive(WindowLevelTool.toolName, { removeAllBindings: true });
        active(LengthTool, [{ mouseButton: MouseBindings.Primary }]);
      } else {
        group.setToolPassive(LengthTool.toolName, { removeAllBindings: true });
        hands();
      }
    },
    clear() {
      annotation.state.removeAllAnnotations();
      viewport.render();
    },
  };
}

/** Hand the loader what it must know of each frame before it is asked for. */
export function describe(frames: Frame[]): void {
  for (const { imageId, frame, metadata } of frames) {
    // A multi-frame instance is described once, at its first frame.
    if (frame === 1) wadors.metaDataManager.add(imageId, metadata as never);
  }
}
