/** Starts Swagger UI. A file of its own, because the page's policy allows no script in the page. */
export function scriptOf(document: string): string {
  return `window.ui = SwaggerUIBundle({
  url: ${JSON.stringify(document)},
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestSnippetsEnabled: true,
  presets: [SwaggerUIBundle.presets.apis],
})
`
}

/** What Swagger UI's own style lacks of WCAG 2.1 AA. */
export const styles = ``
