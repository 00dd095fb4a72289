// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.skep.extension.process.Wire.Answer;
import io.skep.extension.process.Wire.Call;
import io.skep.extension.process.Wire.FromBroker;
import io.skep.extension.process.Wire.FromProgram;
import io.skep.extension.process.Wire.ProgramHello;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A real server that says what a test wants it to say, be it right or wrong. */
final class FakeProgram implements AutoCloseable {

    private static final Metadata NONE = new Metadata();

    final List<FromBroker> received = new CopyOnWriteArrayList<>();
    final List<ServerCall<FromBroker, FromProgram>> streams = new CopyOnWriteArrayList<>();
    private final Behaviour behaviour;
    private final Server server;

    /** What it does with a message. */
    @FunctionalInterface
    interface Behaviour {
        void hear(FromBroker message, ServerCall<FromBroker, FromProgram> stream);
    }

    FakeProgram(Behaviour behaviour) throws IOException {
        this(InsecureServerCredentials.create(), behaviour);
    }

    FakeProgram(ServerCredentials credentials, Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        ServerCallHandler<FromBroker, FromProgram> handler = this::accept;
        this.server = OkHttpServerBuilder.forPort(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials)
                .addService(ServerServiceDefinition.builder("skep.extension.v1.Extension")
                        .addMethod(Marshaller.HOOKS, handler)
                        .build())
                .build()
                .start();
    }

    /** One that wants everything, and does with calls what is said here. */
    static FakeProgram answering(Behaviour calls) throws IOException {
        return new FakeProgram((message, stream) -> {
            if (message.hasHello()) {
                hello(
                        stream,
                        ProgramHello.newBuilder().addAllHooks(message.getHello().getHooksList()));
            } else {
                calls.hear(message, stream);
            }
        });
    }

    static void hello(ServerCall<FromBroker, FromProgram> stream, ProgramHello.Builder hello) {
        stream.sendMessage(
                FromProgram.newBuilder().setHello(hello.setName("fake")).build());
    }

    static void answer(ServerCall<FromBroker, FromProgram> stream, Answer.Builder... answers) {
        FromProgram.Builder message = FromProgram.newBuilder();
        for (Answer.Builder answer : answers) {
            message.addAnswers(answer);
        }
        stream.sendMessage(message.build());
    }

    /** Allows, with one rule that names the client. */
    static Answer.Builder allow(Call call) {
        return Answer.newBuilder()
                .setId(call.getId())
                .setAllow(Wire.Allow.newBuilder()
                        .addPermissions(Wire.Permission.newBuilder()
                                .setTopicFilter(call.getClient().getId())));
    }

    private ServerCall.Listener<FromBroker> accept(ServerCall<FromBroker, FromProgram> stream, Metadata headers) {
        streams.add(stream);
        stream.sendHeaders(NONE);
        stream.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(FromBroker message) {
                received.add(message);
                behaviour.hear(message, stream);
                stream.request(1);
            }
        };
    }

    static void end(ServerCall<FromBroker, FromProgram> stream, Status status) {
        stream.close(status, NONE);
    }

    List<Call> calls() {
        return received.stream().flatMap(each -> each.getCallsList().stream()).toList();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
