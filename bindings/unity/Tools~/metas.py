"""Writes a .meta file beside every file of the package that has none: an editor drops the others.

The ids follow from the paths, so that they stay as they are and references in scenes stay whole.
"""

from __future__ import annotations

import uuid
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
IMPORTERS = {
    ".cs": "MonoImporter:\n  externalObjects: {}\n  serializedVersion: 2\n  defaultReferences: []\n"
    "  executionOrder: 0\n  icon: {instanceID: 0}",
    ".asmdef": "AssemblyDefinitionImporter:\n  externalObjects: {}",
    ".json": "PackageManifestImporter:\n  externalObjects: {}",
    ".md": "TextScriptImporter:\n  externalObjects: {}",
    "": "folderAsset: yes\nDefaultImporter:\n  externalObjects: {}",
}
END = "  userData: \n  assetBundleName: \n  assetBundleVariant: \n"


def main() -> None:
    """Writes what is missing, and takes away what is left of files that are gone."""
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE)
        if any(part.endswith("~") for part in name.parts):
            continue
        if path.suffix == ".meta":
            if not path.with_suffix("").exists():
                path.unlink()
            continue
        meta = path.with_name(path.name + ".meta")
        if not meta.exists():
            guid = uuid.uuid5(uuid.NAMESPACE_URL, f"com.npc-runtime.unity/{name.as_posix()}").hex
            importer = IMPORTERS["" if path.is_dir() else path.suffix]
            meta.write_text(f"fileFormatVersion: 2\nguid: {guid}\n{importer}\n{END}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
