/** As whom Microsoft Entra is asked for tokens. */
export type EntraIdentity =
  | {
      /** An application with a secret. */
      readonly kind: 'client-secret'
      readonly authority: string
      readonly tenant: string
      readonly clientId: string
      readonly secret: string
      readonly secrets: readonly string[]
    }
  | {
      /** An application that believes the tokens of a cluster (workload identity federation). */
      readonly kind: 'workload'
      readonly authority: string
      readonly tenant: string
      readonly clientId: string
      readonly tokenFile: string
      readonly secrets: readonly []
    }
  | {
      /** The managed identity of App Service, Functions and Container Apps. */
      readonly kind: 'app-service'
      readonly endpoint: string
      readonly header: string
      readonly clientId: string | undefined
      readonly secrets: readonly string[]
    }
  | {
      /** The managed identity of a virtual machine. */
      readonly kind: 'virtual-machine'
      readonly host: string
      readonly clientId: string | undefined
      readonly secrets: readonly []
    }
