// The program uses six modules that bring C along in six different ways, and prints a line for each.
package main

import (
	"database/sql"
	"fmt"
	"image"

	"github.com/chai2010/webp"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/herumi/bls-eth-go-binary/bls"
	"github.com/karalabe/hid"
	_ "github.com/mattn/go-sqlite3"
	"github.com/valyala/gozstd"
)

func main() {
	database, err := sql.Open("sqlite3", ":memory:")
	must(err)
	var sum int
	must(database.QueryRow("select 19 + 23").Scan(&sum))
	fmt.Println("go-sqlite3:", sum)

	picture, err := webp.EncodeRGB(image.NewRGBA(image.Rect(0, 0, 8, 8)), 90)
	must(err)
	fmt.Println("webp:", string(picture[:4]))

	key, err := crypto.ToECDSA(append(make([]byte, 31), 7))
	must(err)
	signature, err := crypto.Sign(make([]byte, 32), key)
	must(err)
	fmt.Println("go-ethereum:", len(signature))

	must(bls.Init(bls.BLS12_381))
	fmt.Println("bls-eth-go-binary: ready")
	fmt.Println("hid:", hid.Supported())

	packed := gozstd.Compress(nil, make([]byte, 10000))
	fmt.Println("gozstd:", len(packed) < 1000)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
