// What a Go function can do to itself; event.Do says which.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

type event struct {
	Do    string `json:"do"`
	Count string `json:"count"`
}

func deeper(n int) int { return deeper(n+1) + 1 }

func handle(e event) (string, error) {
	switch e.Do {
	case "fail":
		if _, err := strconv.Atoi(e.Count); err != nil {
			return "", fmt.Errorf("no count: %w", err)
		}
	case "panic":
		var orders map[string]int
		orders["a"] = 1
	case "log_and_go_on":
		_, err := strconv.Atoi("abc")
		log.Printf("ERROR ignoring a bad count: %v", err)
	case "call_a_closed_port":
		if _, err := net.Dial("tcp", "127.0.0.1:9"); err != nil {
			return "", err
		}
	case "stall":
		fmt.Println("waiting for the answer of a slow service")
		time.Sleep(time.Minute)
	case "leave":
		os.Exit(3)
	case "exhaust_the_stack":
		debug.SetMaxStack(1 << 20)
		fmt.Println(deeper(0))
	default:
		fmt.Println("hello from the handler")
	}
	return "ok", nil
}

func main() { lambda.Start(handle) }
