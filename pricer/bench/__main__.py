from pricer.bench import main

raise SystemExit(main())
