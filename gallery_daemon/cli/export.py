"""`export`: a model for other tools, or in 8 bits for this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gallery_daemon.cli.options import ModelName
from gallery_daemon.cli.progress import training_display
from gallery_daemon.model.manifest import DEFAULT_BUNDLE, find_bundle
from gallery_daemon.model.manifest_file import read_manifest


def export(
    *,
    model: ModelName = DEFAULT_BUNDLE,
    onnx: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the model to this new file.")
    ] = None,
    int8: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            help="Copy the bundle to --out with an 8-bit network, made by class folders in here.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="With --int8: the new bundle's folder.")
    ] = None,
) -> None:
    """Write a model as an ONNX file, or copy a bundle and give the copy an 8-bit network.

    The ONNX file takes pictures (uint8, N x S x S x 3, RGB, S of 224 or 128) and gives
    probabilities, logits and features. `train` makes the 8-bit network by itself; for a bundle that
    has none, pictures that the model was not trained on are best. The bundle itself stays as it is.

    Examples:
        gallery-daemon export --onnx model.onnx

        gallery-daemon export --model ~/models/family --int8 ~/Pictures/Labelled --out ~/models/fast
    """
    if (onnx is None) == (not int8) or (out is None) != (not int8):
        raise typer.BadParameter("give either --onnx FILE, or --int8 FOLDER and --out FOLDER")
    bundle = find_bundle(model)
    # Torch takes seconds to import; no mistyped model waits for it.
    read_manifest(bundle)
    if onnx is not None:
        with training_display() as display:
            from gallery_daemon.model.onnx_file import write_onnx  # noqa: PLC0415

            display.begin("writing the network", 0)
            write_onnx(bundle, onnx.absolute())
        typer.echo(f"wrote {onnx}")
        return
    assert int8 is not None
    assert out is not None
    with training_display() as display:
        from gallery_daemon.training.int8_bundle import add_int8  # noqa: PLC0415

        manifest = add_int8(bundle, int8, out.absolute(), display)
    assert manifest.int8 is not None
    typer.echo(
        f"wrote {out}: the same class as float32 for {manifest.int8.agreement:.2%} of "
        f"{manifest.int8.pictures} pictures, confidence {manifest.int8.difference:.4f} apart"
    )
