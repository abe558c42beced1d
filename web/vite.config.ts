import { defineConfig } from "vite";

// One output folder, one manifest; `{% vite "app" %}` in anlan.ui reads it.
// base "./": chunks find each other and the map's worker relative to themselves, wherever STATIC_URL points.
export default defineConfig({
  base: "./",
  publicDir: false,
  // The library calls its files free of side effects; its worker is nothing else.
  worker: { format: "es", rolldownOptions: { treeshake: false } },
  build: {
    outDir: "../src/anlan/ui/static/anlan/build",
    emptyOutDir: true,
    manifest: "manifest.json",
    // The Chromium of Kylin and UOS machines; tests/ui/test_old_browsers.py reads what is built.
    target: "chrome80",
    cssTarget: "chrome80",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: { app: "src/app.ts", map: "src/map.ts", answer: "src/answer.ts", again: "src/again.ts" },
    },
  },
});
