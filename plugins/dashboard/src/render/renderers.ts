import type {Context} from '@omni-ops/core/operation'
import type {DashboardData} from '../build/dashboard-data.ts'
import type {DashboardFormat} from '../operations/formats.ts'

/** What a renderer may need beside the data: a program that is configured, and a signal to stop. */
export type RenderContext = Pick<Context, 'settings' | 'signal'>

/** Makes a form of a dashboard. */
export interface Renderer {
  /** The same data give the same bytes. */
  readonly render: (data: DashboardData, context: RenderContext) => Promise<string | Uint8Array>
  /** Throws where what it needs is not there, before any data are read. */
  readonly assertReady?: (context: RenderContext) => Promise<void>
}

const renderers: Readonly<Record<DashboardFormat, () => Promise<Renderer>>> = {
  html: async () => ({render: (await import('./html/page.ts')).renderPage}),
  json: async () => ({render: (await import('./json/render-json.ts')).renderJson}),
  tsx: async () => ({render: (await import('./tsx/render-tsx.ts')).renderTsx}),
  grafana: async () => ({render: (await import('./grafana/render-grafana.ts')).renderGrafana}),
  pdf: async () => {
    const [{renderPdf}, {browserProgram}] = await Promise.all([
      import('./pdf/render-pdf.ts'),
      import('./pdf/browser-program.ts'),
    ])
    return {render: renderPdf, assertReady: async context => void (await browserProgram(context))}
  },
  png: async () => ({render: (await import('./png/render-png.ts')).renderPng}),
}

/** A format's renderer, whose libraries are loaded with it. */
export const rendererOf = (format: DashboardFormat): Promise<Renderer> => renderers[format]()

/** @throws NotConfiguredError where one of them cannot be made here */
export async function assertFormats(formats: readonly DashboardFormat[], context: RenderContext): Promise<void> {
  for (const format of new Set(formats)) await (await rendererOf(format)).assertReady?.(context)
}
