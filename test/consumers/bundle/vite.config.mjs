export default {
  build: {
    ssr: 'bundle/entry.js',
    outDir: 'bundled/vite',
    rollupOptions: { output: { entryFileNames: 'entry.mjs', chunkFileNames: '[name].mjs' } },
  },
  ssr: { noExternal: true },
}
