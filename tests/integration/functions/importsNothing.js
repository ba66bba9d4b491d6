// Cannot be loaded: what it requires is not in the package.
require("a-library-that-was-forgotten");
exports.handler = async () => ({ ok: true });
