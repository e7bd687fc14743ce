// How the islands are built: four entries with stable names, everything else in hashed chunks.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Two of the image loader's decoders are replaced: JPEG XL (1.1 MB, and nothing else in the
 * product reads it) and 12-bit JPEG (its decoder gives values about 15 units too bright).
 */
function standIns() {
  const replaced = {
    "decodeJPEGXL.js": here("src/stand-ins/jpegxl.ts"),
    "decodeJPEGBaseline12Bit-js.js": here("src/stand-ins/jpeg-extended.ts"),
  };
  return {
    name: "stand-ins",
    enforce: "pre",
    resolveId(source) {
      const name = source.split("/").pop();
      return source.startsWith(".") ? replaced[name] : undefined;
    },
  };
}

/**
 * A decoder that is used again gives the picture before where a damaged stream stops it, without a
 * word: another image under this one's name. Each frame has a decoder of its own.
 */
function freshDecoders() {
  const made = {
    "decodeJPEG2000.js": "J2KDecoder",
    "decodeJPEGBaseline8Bit.js": "JPEGDecoder",
    "decodeJPEGLS.js": "JpegLSDecoder",
  };
  return {
    name: "fresh-decoders",
    transform(code, id) {
      const decoder = made[id.split("?")[0].split("/").pop()];
      if (!decoder || !id.includes("dicom-image-loader")) return null;
      const mended = code.replace(
        "const decoder = local.decoder;",
        `local.decoder.delete(); const decoder = (local.decoder = new local.codec.${decoder}());`,
      );
      if (mended === code) this.error(`${id} has changed: look at how it makes its decoder`);
      return { code: mended, map: null };
    },
  };
}

/** The words beside measurements get their style as the page's policy allows it, not as an attribute. */
function allowedStyles() {
  return {
    name: "allowed-styles",
    transform(code, id) {
      if (!id.endsWith("/drawingSvg/drawTextBox.js")) return null;
      const mended = code.replace("textElement.setAttribute('style', combinedStyle)", "textElement.style.cssText = combinedStyle");
      if (mended === code) this.error("drawTextBox.js has changed: look at how it sets its style");
      return { code: mended, map: null };
    },
  };
}

/**
 * The value at a point is read from the image that is shown, which is one: the tool looks for it in
 * the place that this image has in its stack, and finds none but in the first. And it stands beside
 * its point: no line leads from one to the other.
 */
function valuesAtPoints() {
  const changes = {
    "ijk[2] = viewport.getCurrentImageIdIndex();": "ijk[2] = 0;",
    "getTextBoxCoordsCanvas([canvasCoordinates], element, textLines)":
      "[canvasCoordinates[0] + this.configuration.textCanvasOffset.x, canvasCoordinates[1] + this.configuration.textCanvasOffset.y]",
  };
  return {
    name: "values-at-points",
    transform(code, id) {
      if (!id.endsWith("/annotation/ProbeTool.js")) return null;
      let mended = code;
      for (const [from, to] of Object.entries(changes)) {
        if (!mended.includes(from)) this.error("ProbeTool.js has changed: look at where it reads values, and where it tells them");
        mended = mended.replace(from, to);
      }
      return { code: mended, map: null };
    },
  };
}

const names = {
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  assetFileNames: (asset) =>
    asset.names?.[0]?.endsWith(".css") ? "[name][extname]" : "chunks/[name]-[hash][extname]",
};

export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: false,
  plugins: [standIns(), freshDecoders(), allowedStyles(), valuesAtPoints()],
  resolve: {
    // Cornerstone's dependencies name these Node.js modules; without them the bundle builds and
    // then stops at run time.
    alias: {
      events: here("node_modules/events/events.js"),
      url: here("node_modules/url/url.js"),
      buffer: here("node_modules/buffer/index.js"),
      "@cornerstonejs/dicom-image-loader/decoders/8bit": here(
        "node_modules/@cornerstonejs/dicom-image-loader/dist/esm/shared/decoders/decodeJPEGBaseline8Bit.js",
      ),
    },
  },
  worker: {
    format: "es",
    plugins: () => [standIns(), freshDecoders()],
    rolldownOptions: { output: { ...names, entryFileNames: "chunks/[name]-[hash].js" } },
  },
  build: {
    outDir: here("../secondopinion/web/static/islands"),
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 6000,
    license: false,
    rolldownOptions: {
      input: Object.fromEntries(
        readdirSync(here("src"))
          .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
          .map((name) => [name.replace(".ts", ""), here(`src/${name}`)]),
      ),
      output: names,
    },
  },
});
