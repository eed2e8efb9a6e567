"""All benchmarks, one after the other."""

from tests.benchmarks import expiry_scan, export, postgres, stamp_usecase, whole_path

if __name__ == "__main__":
    stamp_usecase.main()
    postgres.main()
    whole_path.main()
    expiry_scan.main()
    export.main()
