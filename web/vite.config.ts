import { defineConfig } from "vitest/config";

// Relative URLs, so that the app works under any path prefix of a proxy.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../prodflow/server/web",
    emptyOutDir: true,
    target: "es2022",
    // The oldest browsers with light-dark(), which keeps the two themes side by side.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    // One style sheet packs a third smaller than one for each view, and no view waits for its own.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          // The small views, which blocks and pages combine: together they pack better and come in one request.
          groups: [{ name: "composite", test: /src\/(views\/(blocks|compare|diff|llm_io|pages|review|text_input)\/|parts\/differences)|node_modules\/diff\// }],
        },
      },
    },
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"] },
});
