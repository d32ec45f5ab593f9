/** What a route of the gateway does, and the scopes it takes. */
export interface GatewayRight {
  readonly id: string
  readonly scopes: readonly string[]
}

export const useModels: GatewayRight = {id: 'llm.gateway', scopes: ['llm:use']}
export const readModels: GatewayRight = {id: 'llm.gateway', scopes: ['llm:read']}
