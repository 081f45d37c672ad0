// What differs between the checkout and the package: where the project is (a fork or another
// forge has its own place, so package.json names none, and the provenance of a release asks
// for the right one), and links to files that are not in the package. The files are changed
// in place before `npm pack` and put back after it.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { root } from '../project.mjs';

const originals = join(root, '.cache/prepack');
const LINK = /(!?)\[([^\]]+)\]\(([^)\s]+)\)/g;

/** The repository that the forge's workflow runs in, as it says itself; else undefined. */
function repositoryUrl() {
  const { GITHUB_REPOSITORY: name, GITHUB_SERVER_URL: server } = process.env;
  return name ? `${server || 'https://github.com'}/${name}` : undefined;
}

/** Of `manifest.files`, to which npm adds package.json. */
function isShipped(manifest, path) {
  const shipped = [...manifest.files, 'package.json'];
  return shipped.some((name) => path === name || path.startsWith(`${name}/`));
}

/** The links of a page that lead out of the package: to the repository, or plain text. */
export function rewriteLinks(text, page, manifest, url) {
  return text.replace(LINK, (link, bang, label, target) => {
    if (/^[a-z]+:|^#/.test(target)) return link;
    const [file, anchor] = target.split('#');
    const path = posix.join(posix.dirname(page), file);
    if (isShipped(manifest, path)) return link;
    if (url === undefined) return label === path ? path : `${label} (${path})`;
    const place = `${url}/blob/v${manifest.version}/${path}`;
    return `${bang}[${label}](${anchor === undefined ? place : `${place}#${anchor}`})`;
  });
}

export function describeRepository(manifest, url) {
  if (url === undefined) return manifest;
  return {
    ...manifest,
    repository: { type: 'git', url: `git+${url}.git` },
    homepage: `${url}#readme`,
    bugs: { url: `${url}/issues` },
  };
}

function shippedPages(manifest) {
  return manifest.files.flatMap((name) => {
    if (name.endsWith('.md')) return [name];
    if (!existsSync(join(root, name)) || !['docs', 'examples'].includes(name)) return [];
    const found = readdirSync(join(root, name), { recursive: true });
    return found.filter((file) => file.endsWith('.md')).map((file) => posix.join(name, file));
  });
}

/** Changes the files, having kept what they were. */
export function dress() {
  undress();
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const url = repositoryUrl();
  const texts = new Map(
    shippedPages(manifest).map((page) => [
      page,
      rewriteLinks(readFileSync(join(root, page), 'utf8'), page, manifest, url),
    ]),
  );
  const described = describeRepository(manifest, url);
  texts.set('package.json', `${JSON.stringify(described, undefined, 2)}\n`);
  for (const name of texts.keys()) {
    mkdirSync(dirname(join(originals, name)), { recursive: true });
    cpSync(join(root, name), join(originals, name), { preserveTimestamps: true });
  }
  for (const [name, text] of texts) writeFileSync(join(root, name), text);
}

/** Puts back what `dress` has changed, also of an `npm pack` that did not end. */
export function undress() {
  if (!existsSync(originals)) return;
  cpSync(originals, root, { recursive: true, preserveTimestamps: true });
  rmSync(originals, { recursive: true });
}
