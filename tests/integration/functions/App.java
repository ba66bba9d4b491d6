import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a Java function can do to itself; event.do says which. */
public class App implements RequestHandler<Map<String, Object>, String> {
    @Override
    public String handleRequest(Map<String, Object> event, Context context) {
        switch ((String) event.get("do")) {
            case "fail":
                return count((String) event.get("count"));
            case "wrap":
                return wrap();
            case "logAndGoOn":
                return logAndGoOn();
            case "callAClosedPort":
                return call();
            case "stall":
                return stall();
            case "leave":
                System.exit(3);
                return "";
            case "takeMemory":
                return takeMemory();
            default:
                System.out.println("hello from the handler");
                return "ok";
        }
    }

    private String count(String text) {
        return String.valueOf(Integer.parseInt(text));
    }

    private String wrap() {
        try {
            return count("abc");
        } catch (NumberFormatException bad) {
            throw new IllegalStateException("no order can be read", bad);
        }
    }

    /** The code catches the error and prints it: the invocation succeeds. */
    private String logAndGoOn() {
        try {
            return count("abc");
        } catch (NumberFormatException bad) {
            bad.printStackTrace();
            System.out.println("ignoring a bad count");
            return "ok";
        }
    }

    private String call() {
        try (Socket socket = new Socket("127.0.0.1", 9)) {
            return "ok";
        } catch (java.io.IOException refused) {
            throw new java.io.UncheckedIOException(refused);
        }
    }

    private String stall() {
        System.out.println("waiting for the answer of a slow service");
        try {
            Thread.sleep(60000);
        } catch (InterruptedException late) {
            Thread.currentThread().interrupt();
        }
        return "ok";
    }

    private String takeMemory() {
        List<byte[]> held = new ArrayList<>();
        for (;;) {
            held.add(new byte[1 << 20]);
        }
    }
}
