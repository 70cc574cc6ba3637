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
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"] },
});
