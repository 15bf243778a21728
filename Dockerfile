# The gateway with its zoo. Runs as node, writes nothing but below /tmp, and says itself whether it is well.

FROM docker.io/library/node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM docker.io/library/node:24-bookworm-slim
ENV NODE_ENV=production
# A published port leads to the container's own address, not to its loopback.
ENV EDGECASE_HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY deploy/docker docker
# A volume that is mounted here belongs to node.
RUN mkdir /run/edgecase && chown node:node /run/edgecase
USER node
EXPOSE 8080 8443
HEALTHCHECK --interval=5s --timeout=6s --start-period=30s --retries=3 CMD ["node", "docker/health.mjs"]
ENTRYPOINT ["node", "dist/src/cli.js"]
CMD ["serve"]
