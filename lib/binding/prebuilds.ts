// The folder of the prebuilds, for @vercel/nft and @vercel/ncc, which take along what such
// an expression leads to. A file of its own, named .js and without syntax that is newer
// than ncc's parser; ncc writes in its place where it has put the folder.
export const prebuilds = `${__dirname}/../../prebuilds`;
