"""All benchmarks, one after the other."""

from tests.benchmarks import (
    apart,
    channels,
    everything_on,
    expiry_scan,
    export,
    postgres,
    stamp_usecase,
    wallets,
    whole_path,
)

if __name__ == "__main__":
    stamp_usecase.main()
    postgres.main()
    wallets.main()
    whole_path.main()
    channels.main()
    everything_on.main()
    expiry_scan.main()
    export.main()
    apart.main()
