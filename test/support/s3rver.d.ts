/** As much as the tests use of s3rver 3.7, which brings no types (its README). */
declare module 's3rver' {
  export default class S3rver {
    constructor(options: {
      readonly address: string
      readonly port: number
      readonly silent: boolean
      readonly directory: string
      readonly configureBuckets: readonly {readonly name: string; readonly configs: readonly string[]}[]
    })
    readonly store: {
      listObjects(
        bucket: string,
        options: {readonly delimiter?: string; readonly prefix?: string; readonly maxKeys?: number},
      ): Promise<{
        readonly objects: readonly {readonly key: string}[]
        readonly commonPrefixes: readonly string[]
        readonly isTruncated: boolean
      }>
      getObject(bucket: string, key: string, ...rest: unknown[]): Promise<unknown>
    }
    run(): Promise<unknown>
    close(): Promise<void>
  }
}
