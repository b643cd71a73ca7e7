package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.Code;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.tideline.api.server.ServerSecurity.TlsFiles;
import io.tideline.api.v1.TimelineServiceGrpc;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS on the server's port, with a certificate that the JDK's own tool has made. */
final class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path directory;

    private static Path certificate;
    private static Path key;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path store = directory.resolve("store.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "RSA",
                        "-keysize",
                        "2048",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, PASSWORD);
        }
        certificate =
                pem("server.pem", "CERTIFICATE", made.getCertificate("server").getEncoded());
        key = pem("key.pem", "PRIVATE KEY", made.getKey("server", PASSWORD).getEncoded());
    }

    private static Path pem(String name, String kind, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                directory.resolve(name), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    @Test
    void call_overTls_isAnsweredAndPlaintextIsNot() throws Exception {
        ServerSecurity security = ServerSecurity.DEFAULT.withTls(new TlsFiles(certificate, key));
        try (ServerFixture fixture = new ServerFixture(security)) {
            ManagedChannel trusting = NettyChannelBuilder.forAddress("127.0.0.1", fixture.server.port())
                    .sslContext(GrpcSslContexts.forClient()
                            .trustManager(certificate.toFile())
                            .build())
                    .build();
            ManagedChannel strange = NettyChannelBuilder.forAddress("127.0.0.1", fixture.server.port())
                    .useTransportSecurity()
                    .build();
            ManagedChannel plain = fixture.newChannel().build();

            assertThat(TimelineServiceGrpc.newBlockingStub(trusting)
                            .append(append("c", "a"))
                            .getReceiptsCount())
                    .isEqualTo(1);
            for (ManagedChannel wrong : List.of(strange, plain)) {
                assertThat(failureOf(() -> TimelineServiceGrpc.newBlockingStub(wrong)
                                        .append(append("c", "b")))
                                .code())
                        .isEqualTo(Code.UNAVAILABLE);
            }

            assertThat(fixture.store.appends).hasSize(1);
            for (ManagedChannel channel : List.of(trusting, strange, plain)) {
                channel.shutdownNow();
                assertThat(channel.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void start_filesThatDoNotDo_saysWhich() throws Exception {
        Path nothing = directory.resolve("nothing.pem");
        Path junk = Files.writeString(directory.resolve("junk.pem"), "junk");

        for (TlsFiles wrong : List.of(
                new TlsFiles(nothing, key), new TlsFiles(certificate, nothing), new TlsFiles(certificate, junk))) {
            assertThatThrownBy(() -> TidelineServerConfig.onPort(0)
                            .withSecurity(ServerSecurity.DEFAULT.withTls(wrong))
                            .check())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("certificate: ")
                    .hasMessageContaining(wrong.certificate().toString())
                    .hasMessageContaining(wrong.key().toString());
        }
    }
}
