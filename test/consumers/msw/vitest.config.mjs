export default { test: { include: ['*.spec.mjs'], reporters: ['dot'] } }
