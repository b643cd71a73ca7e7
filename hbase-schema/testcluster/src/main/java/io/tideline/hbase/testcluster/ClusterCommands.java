package io.tideline.hbase.testcluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands of the line protocol: one line in, one line out, {@code OK[ value]} or {@code ERROR reason}. */
final class ClusterCommands {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterCommands.class);
    private static final Duration ONLINE_LIMIT = Duration.ofSeconds(60);

    private final ControlServers control;
    private final RegionServerFleet fleet;

    ClusterCommands(ControlServers control, RegionServerFleet fleet) {
        this.control = control;
        this.fleet = fleet;
    }

    String answer(String line) {
        LOG.info("Command: {}", line);
        try {
            String value = run(line.strip());
            return value.isEmpty() ? "OK" : "OK " + value;
        } catch (Exception e) {
            LOG.error("Command failed: {}", line, e);
            return "ERROR " + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }

    private String run(String line) throws Exception {
        if (line.equals("rs list")) {
            return fleet.alive().stream().map(RegionServerProcess::toProtocol).collect(Collectors.joining(" "));
        }
        if (line.equals("rs start")) {
            return awaitOnline(fleet.launch()).toProtocol();
        }
        if (line.equals("master restart")) {
            control.restartMaster();
            return "";
        }
        int space = line.lastIndexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException("unknown command: " + line);
        }
        return runWithArgument(line.substring(0, space), line.substring(space + 1));
    }

    private String runWithArgument(String command, String argument) throws Exception {
        switch (command) {
            case "rs kill" -> fleet.kill(Integer.parseInt(argument));
            case "rs stop" -> fleet.suspend(Integer.parseInt(argument));
            case "rs cont" -> fleet.resume(Integer.parseInt(argument));
            default -> {
                if (command.startsWith("put-jar ")) {
                    return control.putJar(Path.of(command.substring("put-jar ".length())), argument);
                }
                throw new IllegalArgumentException("unknown command: " + command + " " + argument);
            }
        }
        return "";
    }

    /** Waits until the master has heard of a launched region server. */
    RegionServerProcess awaitOnline(int index) throws Exception {
        RegionServerProcess server = fleet.awaitStarted(index);
        Deadline.await("region server " + index + " online", ONLINE_LIMIT, () -> {
            if (!fleet.isAlive(index)) {
                throw new IllegalStateException("region server " + index + " has ended, see its log");
            }
            return control.isOnline(server);
        });
        return server;
    }
}
