import {definePlugin} from './operation/plugin.ts'
import {coreSettings} from './settings.ts'

export default definePlugin({
  name: 'core',
  summary: 'Settings, audit log and health of omni itself',
  topics: {
    audit: 'The tamper-evident log of every change',
    ci: 'Pipelines that hold documents and answers to gates',
    config: 'Settings and where they come from',
    doctor: 'Whether everything that omni needs is there and works',
    jobs: 'Long work that goes on after its request was answered',
    keys: 'Keys with which programs use this deployment',
    plugins: 'Commands and operations that others wrote',
    profile: 'Deployments to work with, and sets of settings and data on this machine',
    webhooks: 'Events told to other programs over HTTP, signed and until they arrive',
    whoami: 'Who a key belongs to, and what it may do',
  },
  operations: async () => (await import('./core-operations.ts')).operations,
  events: async () => (await import('./core-events.ts')).events,
  settings: coreSettings,
  personalData: () => import('./privacy/kernel-stores.ts'),
  privacy: async () => (await import('./privacy/kernel-declarations.ts')).kernelPrivacy,
})
