package io.tideline.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.server.ServerSecurity;
import io.tideline.api.server.ServerSecurity.TlsFiles;
import io.tideline.tools.CliFixture.Run;
import io.tideline.tools.command.ExitCode;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, and with them the Java client, against a server with TLS whose certificate the JDK's own tool has made. */
final class TlsCommandsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String HEADS = "heads c --timeout 3s --retry-for 0s";

    @TempDir
    private Path directory;

    private final CliFixture cli = new CliFixture();
    private Path certificate = Path.of("");
    private Path other = Path.of("");

    @BeforeEach
    void start() throws Exception {
        KeyStore server = keys("server");
        certificate =
                pem("server.pem", "CERTIFICATE", server.getCertificate("server").getEncoded());
        Path key =
                pem("key.pem", "PRIVATE KEY", server.getKey("server", PASSWORD).getEncoded());
        other = pem(
                "other.pem",
                "CERTIFICATE",
                keys("other").getCertificate("other").getEncoded());
        cli.secure(ServerSecurity.DEFAULT.withTls(new TlsFiles(certificate, key)));
    }

    @AfterEach
    void stop() {
        cli.close();
    }

    private KeyStore keys(String alias) throws Exception {
        Path store = directory.resolve(alias + ".p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = List.of((keytool + " -genkeypair -keyalg RSA -keysize 2048 -alias " + alias
                        + " -dname CN=localhost -ext SAN=dns:localhost,ip:127.0.0.1 -validity 2 -storetype PKCS12"
                        + " -storepass changeit -keystore " + store)
                .split(" "));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, PASSWORD);
        }
        return made;
    }

    private Path pem(String name, String kind, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                directory.resolve(name), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    private Run heads(String more) {
        return cli.run((HEADS + more).split(" "));
    }

    @Test
    void call_trustingTheCertificate_isAnswered() {
        Run run = heads(" --tls-ca " + certificate);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }

    @Test
    void call_trustingAnother_orNoneOfIts_orInPlaintext_isNot() {
        for (String wrong : List.of(" --tls-ca " + other, " --tls", "")) {
            assertThat(heads(wrong).exitCode()).as(wrong).isEqualTo(ExitCode.UNAVAILABLE);
        }
    }

    @Test
    void certificates_thatAreNone_areRefused() throws Exception {
        Path nonsense = Files.writeString(directory.resolve("nonsense"), "nonsense");

        Run run = heads(" --tls-ca " + nonsense);

        assertThat(run.err()).contains("--tls-ca: no certificates");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
