"""All benchmarks, one after the other."""

from tests.benchmarks import channels, expiry_scan, export, stamp_usecase, whole_path

if __name__ == "__main__":
    stamp_usecase.main()
    whole_path.main()
    channels.main()
    expiry_scan.main()
    export.main()
