// Bundles lib/ to CommonJS with shared chunks, so that every entry point shares
// one instance of the module's state. scripts/build.mjs adds the ES modules.
import { defineConfig } from 'rolldown';

export const entries = ['index', 'raw'];

export default defineConfig({
  input: {
    index: 'lib/index.ts',
    raw: 'lib/raw/index.ts',
    'cli/main': 'lib/cli/main.ts',
  },
  platform: 'node',
  resolve: { extensionAlias: { '.js': ['.ts'] } },
  transform: { target: 'node20' },
  output: {
    dir: 'dist',
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name].cjs',
    sourcemap: true,
  },
});
