export {type AddressRules, fixedLookup, type HostAddresses, hostAddresses} from './host-address.ts'
export {isLoopbackAddress} from './loopback.ts'
export {isPublicAddress} from './public-address.ts'
export {downloadPublic, DownloadError, type DownloadOptions} from './public-download.ts'
