module example.com/sixfold

go 1.19

require (
	github.com/chai2010/webp v1.1.1
	github.com/ethereum/go-ethereum v1.11.6
	github.com/herumi/bls-eth-go-binary v1.36.4
	github.com/karalabe/hid v1.0.0
	github.com/mattn/go-sqlite3 v1.14.17
	github.com/valyala/gozstd v1.20.1
)

require (
	github.com/btcsuite/btcd/btcec/v2 v2.2.0 // indirect
	github.com/decred/dcrd/dcrec/secp256k1/v4 v4.0.1 // indirect
	github.com/holiman/uint256 v1.2.2-0.20230321075855-87b91420868c // indirect
	golang.org/x/crypto v0.1.0 // indirect
	golang.org/x/sys v0.6.0 // indirect
)
