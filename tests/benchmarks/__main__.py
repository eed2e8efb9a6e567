"""All benchmarks, one after the other."""

from tests.benchmarks import (
    apart,
    card_picture,
    channels,
    cli_start,
    everything_on,
    expiry_scan,
    export,
    memory,
    postgres,
    stamp_parts,
    stamp_usecase,
    undo,
    wallets,
    whole_path,
)

if __name__ == "__main__":
    stamp_usecase.main()
    stamp_parts.main()
    undo.main()
    postgres.main()
    wallets.main()
    whole_path.main()
    channels.main()
    everything_on.main()
    expiry_scan.main()
    export.main()
    apart.main()
    cli_start.main()
    card_picture.main()
    memory.main()
