import {definePlugin} from '@omni-ops/core/operation'

export default definePlugin({
  name: 'llm',
  summary: 'Every model behind one router, with usage and budgets',
  operations: async () => [],
})
