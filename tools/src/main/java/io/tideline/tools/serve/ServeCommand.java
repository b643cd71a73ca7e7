package io.tideline.tools.serve;

import io.tideline.api.server.MessagingConfig;
import io.tideline.api.server.TidelineServerConfig;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.store.HBaseStorage.SchemaMode;
import io.tideline.scheduler.TierPolicies;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tideline serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Starts the server: on an HBase inside this process, in a directory, or on the",
            "cluster that an hbase-site.xml names. Runs until SIGTERM or Ctrl-C."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tideline serve                                  embedded, on ./data, port 7420",
            "  tideline serve --data /var/lib/tideline --port 7500",
            "  tideline serve --hbase-site /etc/hbase/conf/hbase-site.xml",
            "",
            "  tideline serve --bind 0.0.0.0 --auth jwt --auth-secret-file secret \\",
            "      --tls-cert server.pem --tls-key server-key.pem",
            "",
            "On the loopback address the server is open to everybody on this machine unless",
            "--auth says otherwise; elsewhere --auth must be given. Prints",
            "\"READY grpc=HOST:PORT\" when it can be used."
        })
public final class ServeCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            defaultValue = "7420",
            description = "Port of the gRPC API; 0 for any (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--bind",
            defaultValue = TidelineServerConfig.LOOPBACK,
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String bindAddress = TidelineServerConfig.LOOPBACK;

    @Mixin
    private final SecurityOptions security = new SecurityOptions();

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            description = {
                "Where other servers on the same HBase reach this one (default: the address",
                "and port it listens on; this machine's name when it listens on all)."
            })
    private @Nullable String advertised;

    @Option(
            names = "--data",
            defaultValue = "data",
            description = "Directory of the embedded HBase (default: ./${DEFAULT-VALUE}).")
    private Path data = Path.of("data");

    @Option(
            names = "--sync-to-disk",
            description = "Embedded: forces every group of appends to the disk, so that they survive a power loss.")
    private boolean syncToDisk;

    @Option(
            names = "--hbase-site",
            defaultValue = "${env:TIDELINE_HBASE_SITE}",
            description = "hbase-site.xml of the cluster to join (default: TIDELINE_HBASE_SITE; none: embedded).")
    private @Nullable Path hbaseSite;

    @Option(
            names = "--hbase-quorum",
            paramLabel = "HOST:PORT",
            description = "ZooKeeper of the cluster to join, instead of an hbase-site.xml.")
    private @Nullable String hbaseQuorum;

    @Option(
            names = "--schema",
            defaultValue = "create",
            description =
                    "What to do about tables: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}: only missing ones).")
    private SchemaMode schemaMode = SchemaMode.CREATE;

    @Option(
            names = "--namespace",
            defaultValue = "tideline",
            description = "HBase namespace of the tables (default: ${DEFAULT-VALUE}).")
    private String namespace = "tideline";

    @Option(
            names = "--regions",
            defaultValue = "2",
            description = {
                "Regions of a table when it is created, a power of two (default: ${DEFAULT-VALUE},",
                "one for each core of a small machine; some for each server of a cluster)."
            })
    private int regions;

    @Option(
            names = "--dedupe-window",
            defaultValue = "7d",
            description = "How long client message ids are remembered (default: ${DEFAULT-VALUE}).")
    private Duration dedupeWindow = SchemaConfig.DEFAULT_DEDUPE_WINDOW;

    @Option(
            names = "--inbox-ttl",
            defaultValue = "30d",
            description = "How long inbox entries are kept (default: ${DEFAULT-VALUE}).")
    private Duration inboxTimeToLive = Duration.ofDays(30);

    @Option(
            names = "--sequencer-jar",
            paramLabel = "URI",
            description = {
                "Where region servers load the sequencer from, for example",
                "hdfs:///tideline/hbase-sequencer-0.1.0.jar. Without it the jar must be on",
                "their class path."
            })
    private @Nullable String sequencerJar;

    @Option(
            names = "--apps",
            paramLabel = "FILE",
            description = {
                "What apps let their users do, as a properties file; see docs/api.md",
                "(default: the defaults told there, for all apps)."
            })
    private @Nullable Path apps;

    @Option(
            names = "--tiers",
            paramLabel = "FILE",
            description = {
                "What the hot and the warm tables keep, as a properties file; see docs/tiers.md",
                "(default: 30 days hot, nothing archived)."
            })
    private @Nullable Path tiers;

    @Option(
            names = "--export-dir",
            paramLabel = "DIR",
            description = {
                "Where exports are written, and nothing outside of it (default: there are no",
                "exports). Servers of one installation should share it."
            })
    private @Nullable Path exportDirectory;

    @Option(
            names = "--archive",
            paramLabel = "URI",
            description = {
                "Where files of cold history lie: a directory, or a URI of a Hadoop file system",
                "(hdfs:, s3a:); apart from HBase's own directories; \"none\" for no archive",
                "(default: \"archive\" in the directory of an embedded HBase; none on a cluster)."
            })
    private @Nullable String archive;

    @Option(
            names = "--yarn-conf",
            paramLabel = "DIR",
            description = {
                "A directory with yarn-site.xml, mapred-site.xml and what else clients of that",
                "cluster have: archive jobs run there (default: in the server)."
            })
    private @Nullable Path yarnConfiguration;

    @Option(
            names = "--search-dir",
            paramLabel = "DIR",
            description = {
                "Where this server keeps its search indexes; no other may use it (default:",
                "search in --data; on a cluster there is no search without it)."
            })
    private @Nullable Path searchDirectory;

    @Option(names = "--no-search", description = "Keeps no search indexes.")
    private boolean noSearch;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        StorageLocation storage = storage();
        return ServerProcess.run(
                new ServerSettings(
                        storage,
                        schema(),
                        schemaMode,
                        api(),
                        policies(),
                        advertised(),
                        security.peerCertificates(),
                        Optional.ofNullable(exportDirectory),
                        archive(storage),
                        yarnConfiguration(),
                        searchDirectory()),
                spec.commandLine());
    }

    private Optional<Path> yarnConfiguration() {
        if (yarnConfiguration != null && !Files.isRegularFile(yarnConfiguration.resolve("yarn-site.xml"))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--yarn-conf: " + yarnConfiguration + " (expected: a directory with a yarn-site.xml)");
        }
        return Optional.ofNullable(yarnConfiguration);
    }

    private Optional<Path> searchDirectory() {
        if (noSearch) {
            if (searchDirectory != null) {
                throw new ParameterException(spec.commandLine(), "--search-dir and --no-search exclude each other");
            }
            return Optional.empty();
        }
        if (searchDirectory != null) {
            return Optional.of(searchDirectory.toAbsolutePath().normalize());
        }
        return storage() instanceof StorageLocation.Embedded embedded
                ? Optional.of(embedded.directory().resolve("search"))
                : Optional.empty();
    }

    private TidelineServerConfig api() {
        try {
            TidelineServerConfig config = TidelineServerConfig.onPort(port)
                    .withBindAddress(bindAddress)
                    .withSecurity(security.security())
                    .withMessaging(apps == null ? MessagingConfig.DEFAULT : AppRulesFile.read(apps));
            config.check();
            config.messaging()
                    .all()
                    .flatMap(rules -> rules.inboxTimeToLive().stream())
                    .filter(ttl -> ttl.compareTo(inboxTimeToLive) > 0)
                    .findAny()
                    .ifPresent(this::refuseTimeToLive);
            return config;
        } catch (IllegalArgumentException e) {
            throw badOption(e);
        }
    }

    private void refuseTimeToLive(Duration app) {
        throw new IllegalArgumentException(
                "apps: inbox-ttl: " + app + " (expected: at most --inbox-ttl, which is " + inboxTimeToLive + ")");
    }

    private TierPolicies policies() {
        if (tiers == null) {
            return TierPolicies.DEFAULT;
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(tiers)) {
            properties.load(reader);
            return TierPolicies.parse(properties);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "--tiers: cannot be read: " + tiers, e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--tiers: " + e.getMessage(), e);
        }
    }

    private Optional<ArchiveLocation> archive(StorageLocation storage) {
        if (archive == null) {
            return storage instanceof StorageLocation.Embedded embedded
                    ? Optional.of(ArchiveLocation.besides(embedded))
                    : Optional.empty();
        }
        try {
            return archive.equals("none") ? Optional.empty() : Optional.of(ArchiveLocation.parse(archive));
        } catch (IllegalArgumentException e) {
            throw badOption(e);
        }
    }

    private PeerAddress advertised() {
        if (advertised == null) {
            return PeerAddress.ofBind(bindAddress);
        }
        try {
            return PeerAddress.parse(advertised);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--advertise: " + advertised + " (expected: HOST:PORT)", e);
        }
    }

    /** Whatever the value's own type finds wrong with it, under the name that it has on the command line. */
    private ParameterException badOption(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage())
                .replace("bindAddress", "bind")
                .replace("secretFile", "auth-secret-file")
                .replace("jwksFile", "auth-jwks-file")
                .replace("peerSecret", "peer-secret-file")
                .replace("certificate:", "tls-cert:")
                .replace("dedupeWindow", "dedupe-window")
                .replace("inboxTimeToLive", "inbox-ttl");
        return new ParameterException(spec.commandLine(), "--" + message, e);
    }

    private SchemaConfig schema() {
        try {
            return new SchemaConfig(namespace, regions, dedupeWindow, inboxTimeToLive, sequencerJar);
        } catch (IllegalArgumentException e) {
            throw badOption(e);
        }
    }

    private StorageLocation storage() {
        if (hbaseSite != null && hbaseQuorum != null) {
            throw new ParameterException(spec.commandLine(), "--hbase-site and --hbase-quorum exclude each other");
        }
        if (hbaseSite != null) {
            if (!Files.isReadable(hbaseSite)) {
                throw new ParameterException(spec.commandLine(), "--hbase-site: cannot be read: " + hbaseSite);
            }
            return new StorageLocation.SiteFile(hbaseSite);
        }
        return hbaseQuorum != null
                ? quorum(hbaseQuorum)
                : new StorageLocation.Embedded(data.toAbsolutePath().normalize(), syncToDisk);
    }

    private StorageLocation quorum(String address) {
        int colon = address.lastIndexOf(':');
        try {
            return new StorageLocation.Quorum(
                    address.substring(0, Math.max(colon, 0)), Integer.parseInt(address.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--hbase-quorum: " + address + " (expected: HOST:PORT)", e);
        }
    }
}
