package main

import (
	"fmt"
	"io"
	"os"

	"driver/webhooks"
)

func main() {
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	if webhooks.IsGenuine(os.Getenv("WEBHOOK_SECRET"), os.Args[1], os.Args[2], os.Args[3], body) {
		fmt.Println("genuine")
	} else {
		fmt.Println("forged")
	}
}
