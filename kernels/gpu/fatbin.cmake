# Runs nvcc and keeps ptxas's report of registers and spills beside the output.
# size: a tenth of the bytes; every driver of this toolkit unpacks it.
execute_process(COMMAND ${NVCC} -fatbin -x cu ${FLAGS} --compress-mode=size -Xptxas -v -o ${OUTPUT} ${SOURCE}
  RESULT_VARIABLE failed ERROR_VARIABLE report OUTPUT_VARIABLE said)
if(failed)
  message(FATAL_ERROR "nvcc failed on ${SOURCE}\n${said}${report}")
endif()
file(WRITE ${REPORT} "${report}")
