# Runs nvcc and keeps ptxas's report of registers and spills beside the output.
execute_process(COMMAND ${NVCC} -fatbin -x cu ${FLAGS} -Xptxas -v -o ${OUTPUT} ${SOURCE}
  RESULT_VARIABLE failed ERROR_VARIABLE report OUTPUT_VARIABLE said)
if(failed)
  message(FATAL_ERROR "nvcc failed on ${SOURCE}\n${said}${report}")
endif()
file(WRITE ${REPORT} "${report}")
