import {definePlugin} from '@omni-ops/core/operation'

export default definePlugin({
  name: 'privacy',
  summary: 'Personal data found, masked, pseudonymised and anonymised',
  operations: [],
})
