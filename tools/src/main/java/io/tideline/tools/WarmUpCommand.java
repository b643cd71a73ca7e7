package io.tideline.tools;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.tideline.tools.command.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Loads the classes that short commands need, for the launcher to archive them (class data sharing): runs some against a
 * server of its own that knows no method and answers so.
 */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {
    private static final List<List<String>> COMMANDS = List.of(
            List.of("read", "nothing", "-o", "jsonl"),
            List.of("append", "nothing", "text"),
            List.of("heads", "nothing", "-o", "json"),
            List.of("info"));

    @Override
    public Integer call() throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .build()
                .start();
        try {
            TidelineCli.commandLine(new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()))
                    .execute("import", "--help");
            String address = "127.0.0.1:" + server.getPort();
            for (List<String> command : COMMANDS) {
                PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
                Stream<String> args = Stream.concat(command.stream(), Stream.of("--server", address));
                TidelineCli.commandLine(nowhere, nowhere).execute(args.toArray(String[]::new));
            }
        } finally {
            server.shutdownNow();
        }
        return ExitCode.OK;
    }
}
