import {registerHooks} from 'node:module'

/** The parts of the kernel that plugins of others stand on: `@omni-ops/core/<part>`. Everything else may change. */
export const kernelParts = ['operation', 'store', 'privacy', 'cli', 'llm', 'plugin-testing'] as const

const prefix = '@omni-ops/core'
const fromSource = import.meta.url.endsWith('.ts')

let exposed = false

/**
 * Lets modules outside the program import `@omni-ops/core/…` and get the very modules that this program runs on, and
 * zod where they bring none: with a second kernel, its errors would be no errors of ours and its plugins no plugins.
 * Applies to what is loaded from now on in this thread (https://nodejs.org/api/module.html#moduleregisterhooksoptions).
 */
export function exposeKernel(): void {
  if (exposed || fromSource) return
  exposed = true
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === prefix || specifier.startsWith(`${prefix}/`))
        return {url: kernelModule(specifier), shortCircuit: true}
      if (specifier !== 'zod' && !specifier.startsWith('zod/')) return next(specifier, context)
      try {
        return next(specifier, context)
      } catch (error) {
        if (specifier !== 'zod') throw error
        return {url: new URL('./kernel/zod.js', import.meta.url).href, shortCircuit: true}
      }
    },
  })
}

/** Where a part of the kernel is in the bundle, in whose directory this module is. */
function kernelModule(specifier: string): string {
  const part = kernelParts.find(each => specifier === `${prefix}/${each}`)
  if (part !== undefined) return new URL(`./kernel/${part}.js`, import.meta.url).href
  throw new Error(
    `${specifier} is no part of the kernel for plugins: ${kernelParts.map(each => `${prefix}/${each}`).join(', ')} are`,
  )
}
