/** What a route of the gateway does, and the scopes it takes. */
export interface GatewayRight {
  readonly id: string
  readonly scopes: readonly string[]
}

/** Using models includes knowing which there are, as clients ask for the list by themselves. */
export const useModels: GatewayRight = {id: 'llm.gateway', scopes: ['llm:use']}
