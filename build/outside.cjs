// What the functions import and their bundles lack, for everything that bundles them.

/** Core is the layer; the SDK's packages are needed outside Lambda only, where they are installed. */
exports.outside = ['@fargaze/core', '@aws-sdk/credential-provider-node', '@smithy/core'];
